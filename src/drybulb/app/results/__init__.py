"""What forecasts and policies were worth on a recorded archive: gathered, judged, and written as one page.

Where do I go to...

- change what is scored and replayed, or in which windows? ``plan``
- see how the lake of an archive comes about, and who is trained when? ``ground``
- follow the scores and the runs? ``gathering``; look one of them up? ``evidence``
- see which fills a run kept, or where settlements and official highs disagree? ``kept``, ``disputes``
- see how much rests on few events? ``few``
- change a table? ``tables``, ``money``; a sentence? ``findings``, ``gains``, ``cities``; the page? ``page``
- change what a terminal shows? ``shown``
"""
