# subject: tables
# tries: dates, categories, a grouping that stays, and a file of the course's
# %% given
import datetime

import pandas as pd


# %% solution
def read_sales():
    ### BEGIN SOLUTION
    return pd.read_csv("sales.csv", parse_dates=["day"])
    ### END SOLUTION


def next_day(day):
    ### BEGIN SOLUTION
    return day + datetime.timedelta(days=1)
    ### END SOLUTION


def grouped(df):
    ### BEGIN SOLUTION
    return df.groupby("shop")
    ### END SOLUTION


def sizes(values):
    ### BEGIN SOLUTION
    return pd.Series(values).astype("category")
    ### END SOLUTION


# %% wrong
def read_sales():
    return pd.read_csv("sales.csv")


def next_day(day):
    return day


def grouped(df):
    return df


def sizes(values):
    return pd.Series(values)


# %% test 2
sales = read_sales()
assert sales["day"].dt.year.tolist() == [2024, 2024, 2025]
assert sales.amount.sum() == 60
# %% test 1
assert next_day(datetime.date(2024, 2, 28)) == datetime.date(2024, 2, 29)
# %% test 1
groups = grouped(pd.DataFrame({"shop": ["a", "b", "a"], "n": [1, 2, 3]}))
assert groups.ngroups == 2
assert groups["n"].sum().tolist() == [4, 2]
# %% test 1
assert sizes(["s", "m", "s"]).dtype == "category"
assert sizes(["s", "m"]).cat.categories.tolist() == ["m", "s"]
