# subject: objects
# tries: a context manager, objects in a list, a linked structure, and an object handed back
# %% solution
class Overdrawn(Exception):
    pass


class Account:
    def __init__(self, owner, balance=0):
        self.owner, self.balance = owner, balance
        self.next = None

    def withdraw(self, amount):
        ### BEGIN SOLUTION
        if amount > self.balance:
            raise Overdrawn(f"{amount} of {self.balance}")
        self.balance -= amount
        return self.balance
        ### END SOLUTION

    ### BEGIN SOLUTION
    def __enter__(self):
        self.open = True
        return self

    def __exit__(self, *about):
        self.open = False

    ### END SOLUTION


def richest(accounts):
    ### BEGIN SOLUTION
    return max(accounts, key=lambda one: one.balance)
    ### END SOLUTION


def chained(owners):
    ### BEGIN SOLUTION
    first = None
    for owner in reversed(owners):
        account = Account(owner)
        account.next, first = first, account
    return first
    ### END SOLUTION


# %% wrong
class Overdrawn(Exception):
    pass


class Account:
    def __init__(self, owner, balance=0):
        self.owner, self.balance = owner, balance
        self.next = None

    def withdraw(self, amount):
        self.balance -= amount
        return self.balance

    def __enter__(self):
        return None

    def __exit__(self, *about):
        pass


def richest(accounts):
    return accounts[0]


def chained(owners):
    return Account(owners[0])


# %% test 2
account = Account("Ada", 10)
assert account.withdraw(3) == 7
try:
    account.withdraw(100)
except Overdrawn as error:
    assert "100" in str(error)
else:
    raise AssertionError("overdrawn")
assert account.balance == 7
# %% test 1
with Account("Bob") as bob:
    assert bob.open
assert not bob.open
# %% test 1
people = [Account("a", 1), Account("b", 5), Account("c", 3)]
assert richest(people).owner == "b"
assert richest(people) is people[1]
# %% test 1
names = []
node = chained(["x", "y", "z"])
while node is not None:
    names.append(node.owner)
    node = node.next
assert names == ["x", "y", "z"]
