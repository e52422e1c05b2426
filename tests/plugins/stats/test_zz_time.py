import time, pytest
from tests.plugins.stats.test_many_people import *
async def test_t(database, keys, texts, clock, monkeypatch):
    town = Town(clock)
    t=time.time(); await run_tx(lambda: fill(town, 100000, 200)); print("fill", time.time()-t)
    area = await queries.area_of(COUNTY, "")
    from plugins.stats import counts
    for name, w in (("stage", lambda: counts.stage_rows(COUNTY, area, PERIOD)),("report", lambda: counts.report_rows(COUNTY, area, PERIOD)),("contact", lambda: counts.contact_rows(COUNTY, area, PERIOD, TODAY)),("owing", lambda: lists.owing_tally(COUNTY, area, PERIOD.quarters[0])),("silent", lambda: lists.silent_tally(COUNTY, area, 10,TODAY)),("owinglist", lambda: lists.owing(UnitScope(("/1/2/3/",)), area, PERIOD.quarters[0])),("silentlist", lambda: lists.silent(UnitScope(("/1/2/3/",)), area, 10,TODAY)), ("stage1", lambda: counts.stage_rows(UnitScope(("/1/2/3/",)), area, PERIOD)),("contact1", lambda: counts.contact_rows(UnitScope(("/1/2/3/",)), area, PERIOD, TODAY))):
        t=time.time(); await w(); print(name, round(time.time()-t,3))
