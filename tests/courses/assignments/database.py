# subject: tables
# tries: databases that a test makes, hands over and reads
# %% given
import os
import sqlite3


# %% solution
### BEGIN SOLUTION
def make_db(people):
    db = sqlite3.connect(":memory:")
    db.execute("create table people (name text, age integer)")
    db.executemany("insert into people values (?, ?)", people)
    return db


def oldest(db):
    return db.execute("select name from people order by age desc limit 1").fetchone()[0]


def save(people, path):
    db = sqlite3.connect(path)
    db.execute("create table people (name text, age integer)")
    db.executemany("insert into people values (?, ?)", people)
    db.commit()
    db.close()


### END SOLUTION
# %% right
def make_db(people):
    con = sqlite3.connect(":memory:")
    con.cursor().executescript("CREATE TABLE people(name, age);")
    for name, age in people:
        con.execute("INSERT INTO people (name, age) VALUES (?, ?)", (name, age))
    return con


def oldest(db):
    return max(db.execute("select age, name from people"))[1]


def save(people, path):
    with sqlite3.connect(path) as con:
        con.execute("create table people (name, age)")
        con.executemany("insert into people values (?, ?)", people)
    con.close()


# %% wrong
def make_db(people):
    return people


def oldest(db):
    return "Ada"


def save(people, path):
    sqlite3.connect(path)


# %% test 1
db = make_db([("X", 5), ("Z", 50)])
assert isinstance(db, sqlite3.Connection)
assert db.execute("select name, age from people order by name").fetchall() == [("X", 5), ("Z", 50)]
assert oldest(db) == "Z"
# %% test 1
mine = sqlite3.connect(":memory:")
mine.execute("create table people (name, age)")
mine.execute("insert into people values ('Q', 99)")
assert oldest(mine) == "Q"
# %% test 1
if os.path.exists("people.db"):
    os.remove("people.db")
save([("A", 1), ("B", 2)], "people.db")
con = sqlite3.connect("people.db")
assert con.execute("select count(*) from people").fetchone() == (2,)
con.close()
