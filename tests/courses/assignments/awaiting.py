# subject: programming
# tries: asynchronous iterators and context managers, dates
# %% solution
### BEGIN SOLUTION
import asyncio
import datetime as dt
from datetime import datetime, timedelta, date, timezone
from typing import List, Dict, get_type_hints

def age_on(born: date, when: date) -> int:
    return when.year - born.year - ((when.month, when.day) < (born.month, born.day))

def parse(text: str) -> datetime:
    return datetime.strptime(text, "%d/%m/%Y %H:%M")

def business_days(start, end):
    d = start
    while d < end:
        if d.weekday() < 5:
            yield d
        d += timedelta(days=1)

def to_utc(d):
    return d.astimezone(timezone.utc)

async def fetch(name, delay):
    await asyncio.sleep(delay)
    return f"{name} done"

async def gather_all(names):
    return await asyncio.gather(*(fetch(n, 0.01) for n in names))

async def ticker(n):
    for i in range(n):
        await asyncio.sleep(0)
        yield i

class AsyncRes:
    def __init__(self): self.open = False
    async def __aenter__(self):
        self.open = True
        return self
    async def __aexit__(self, *a):
        self.open = False

def stats(values: List[float]) -> Dict[str, float]:
    return {"mean": sum(values) / len(values), "max": max(values)}

def today():
    return date.today()
birthday = date(1990, 5, 17)
span = datetime(2024, 3, 1) - datetime(2024, 2, 1)
### END SOLUTION
# %% right
import asyncio
import datetime as dtm
from typing import Dict, List
def age_on(born: dtm.date, when: dtm.date) -> int:
    years = when.year - born.year
    if when < born.replace(year=born.year + years):
        years -= 1
    return years
def parse(text: str) -> dtm.datetime:
    day, time = text.split()
    d, m, y = map(int, day.split("/"))
    h, mi = map(int, time.split(":"))
    return dtm.datetime(y, m, d, h, mi)
def business_days(start, end):
    days = (end - start).days
    return (x for x in (start + dtm.timedelta(i) for i in range(days)) if x.isoweekday() <= 5)
def to_utc(d):
    return (d - d.utcoffset()).replace(tzinfo=dtm.timezone.utc)
async def fetch(name, delay):
    await asyncio.sleep(delay)
    return name + " done"
async def gather_all(names):
    return [await t for t in [asyncio.create_task(fetch(n, 0.01)) for n in names]]
async def ticker(n):
    i = 0
    while i < n:
        yield i
        i += 1
class AsyncRes:
    open = False
    async def __aenter__(self):
        self.open = True
        return self
    async def __aexit__(self, kind, error, tb):
        self.open = False
def stats(values: List[float]) -> Dict[str, float]:
    return dict(mean=sum(values) / len(values), max=sorted(values)[-1])
def today():
    return dtm.date.today()
birthday = dtm.date.fromisoformat("1990-05-17")
span = dtm.timedelta(days=29)
# %% wrong
def age_on(born, when): return when.year - born.year
def parse(text): return text
def business_days(start, end): return [start, end]
def to_utc(d): return d
async def fetch(name, delay): return name
async def gather_all(names): return names
async def ticker(n): yield n
class AsyncRes:
    async def __aenter__(self): pass
    async def __aexit__(self, *a): pass
def stats(values): return {"mean": 0}
def today(): return "today"
birthday = "1990-05-17"
span = 29
# %% test 1
from datetime import date, datetime, timedelta, timezone
assert age_on(date(2000, 6, 1), date(2024, 5, 31)) == 23
assert age_on(date(2000, 6, 1), date(2024, 6, 1)) == 24
assert isinstance(age_on(birthday, date(2020, 1, 1)), int)
# %% test 1
p = parse("03/04/2021 15:30")
assert p == datetime(2021, 4, 3, 15, 30)
assert p.strftime("%Y") == "2021" and p.date() == date(2021, 4, 3)
assert type(p) is datetime
# %% test 1
bd = list(business_days(date(2024, 5, 3), date(2024, 5, 8)))
assert bd == [date(2024, 5, 3), date(2024, 5, 6), date(2024, 5, 7)]
# %% test 1
d = datetime(2024, 1, 1, 12, tzinfo=timezone(timedelta(hours=5)))
assert to_utc(d).hour == 7 and to_utc(d).tzinfo == timezone.utc
assert to_utc(d) == d
# %% test 1
import asyncio, inspect
assert inspect.iscoroutinefunction(fetch)
assert asyncio.iscoroutinefunction(gather_all)
assert await fetch("a", 0) == "a done"
# %% test 1
results = await gather_all(["x", "y"])
assert results == ["x done", "y done"]
import time
start = time.time()
await gather_all(list("abcdefghijklmnopqrst"))
assert time.time() - start < 2
# %% test 1
got = []
async for i in ticker(3):
    got.append(i)
assert got == [0, 1, 2]
assert [i async for i in ticker(2)] == [0, 1]
# %% test 1
async with AsyncRes() as res:
    assert res.open
assert not res.open
# %% test 1
assert birthday.year == 1990 and birthday.strftime("%A") == "Thursday"
assert span.days == 29 and span == timedelta(days=29)
assert today() == date.today()
