# subject: tables
# tries: tables, columns and indexes that come back, and go in
# %% given
import pandas as pd


# %% solution
def cleaned(df):
    ### BEGIN SOLUTION
    return df.dropna().reset_index(drop=True)
    ### END SOLUTION


def heights(df):
    ### BEGIN SOLUTION
    return df["height"]
    ### END SOLUTION


def add_rank(df):
    ### BEGIN SOLUTION
    df["rank"] = df["height"].fillna(0).rank()
    ### END SOLUTION


def by_town(df):
    ### BEGIN SOLUTION
    return df.groupby("town")["height"].mean()
    ### END SOLUTION


### BEGIN SOLUTION
people = pd.DataFrame({"name": ["Ada", "Bob"], "height": [1.8, 1.7], "town": ["X", "Y"]})


### END SOLUTION
# %% wrong
def cleaned(df):
    return df


def heights(df):
    return df["height"].to_frame()


def add_rank(df):
    df = df.assign(rank=1)


def by_town(df):
    return df.groupby("town")["height"].sum()


people = pd.DataFrame({"name": ["Ada"], "height": [1.8]})
# %% test 2
raw = pd.DataFrame({"a": [1.0, None, 3.0], "b": ["x", "y", "z"]})
pd.testing.assert_frame_equal(cleaned(raw), pd.DataFrame({"a": [1.0, 3.0], "b": ["x", "z"]}))
assert cleaned(raw).shape == (2, 2)
# %% test 1
assert isinstance(people, pd.DataFrame) and people is not None
assert list(people.columns) == ["name", "height", "town"]
assert len(people) == 2 and people.loc[1, "name"] == "Bob"
# %% test 1
height = heights(people)
assert height.name == "height"
assert not isinstance(height, pd.DataFrame) and height.max() == 1.8
# %% test 2
table = pd.DataFrame({"town": ["X", "Y", "X"], "height": [1.0, 2.0, 3.0]})
found = by_town(table)
pd.testing.assert_series_equal(found, pd.Series([2.0, 2.0], index=pd.Index(["X", "Y"], name="town"), name="height"))
# %% test 1
grown = pd.DataFrame({"height": [1.0, 3.0, None]})
assert add_rank(grown) is None
assert grown["rank"].tolist() == [2.0, 3.0, 1.0] and len(grown) == 3
