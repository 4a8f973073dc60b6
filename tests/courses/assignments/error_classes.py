# subject: testing
# tries: classes of errors that derive from each other, causes, warnings that were given before
# %% solution
### BEGIN SOLUTION
import logging
import warnings

class BankError(Exception):
    """Base."""

class InsufficientFunds(BankError):
    def __init__(self, needed, available):
        super().__init__(f"need {needed}, have {available}")
        self.needed = needed
        self.available = available

class Account:
    def __init__(self, balance=0):
        self._balance = balance

    @property
    def balance(self):
        return self._balance

    def withdraw(self, amount):
        if amount <= 0:
            raise ValueError("amount must be positive")
        if amount > self._balance:
            raise InsufficientFunds(amount, self._balance)
        self._balance -= amount

def safe_divide(a, b):
    try:
        return a / b
    except ZeroDivisionError:
        return float("inf")
    except TypeError as e:
        raise ValueError("numbers only") from e

def parse_ints(items):
    good, bad = [], []
    for item in items:
        try:
            good.append(int(item))
        except (ValueError, TypeError):
            bad.append(item)
    return good, bad

def old():
    warnings.warn("use new()", DeprecationWarning)
    return 1

def retry(func, times):
    last = None
    for _ in range(times):
        try:
            return func()
        except Exception as e:
            last = e
    raise last

def check_positive(x):
    assert x > 0, "x must be positive"
    logging.getLogger("bank").warning("checked %s", x)
    return True
### END SOLUTION
# %% right
import logging
from warnings import warn
class BankError(Exception): pass
class InsufficientFunds(BankError):
    def __init__(self, needed, available):
        self.needed, self.available = needed, available
    def __str__(self):
        return "need {}, have {}".format(self.needed, self.available)
class Account:
    def __init__(self, balance=0):
        self.__b = balance
    balance = property(lambda self: self.__b)
    def withdraw(self, amount):
        if not amount > 0:
            raise ValueError(amount)
        elif self.__b < amount:
            raise InsufficientFunds(available=self.__b, needed=amount)
        self.__b = self.__b - amount
def safe_divide(a, b):
    if not isinstance(a, (int, float)) or not isinstance(b, (int, float)):
        try:
            raise TypeError("no")
        except TypeError as why:
            raise ValueError("only numbers") from why
    return a / b if b else float("Infinity")
def parse_ints(items):
    good, bad = [], []
    for item in items:
        try:
            number = int(item)
        except Exception:
            bad += [item]
        else:
            good += [number]
    return (good, bad)
def old():
    warn("old", category=DeprecationWarning, stacklevel=2)
    return 1
def retry(func, times):
    try:
        return func()
    except Exception:
        if times <= 1:
            raise
    return retry(func, times - 1)
def check_positive(x):
    if x <= 0:
        raise AssertionError("must be positive")
    logging.getLogger("bank").warning(f"checked {x}")
    return True
# %% wrong
class BankError(BaseException): pass
class InsufficientFunds(Exception): pass
class Account:
    def __init__(self, balance=0):
        self.balance = balance
    def withdraw(self, amount):
        self.balance -= amount
def safe_divide(a, b):
    return a / b
def parse_ints(items):
    return [int(i) for i in items]
def old(): return 1
def retry(func, times):
    return func()
def check_positive(x): return True
# %% test 1
assert issubclass(BankError, Exception)
assert issubclass(InsufficientFunds, BankError)
assert BankError is not InsufficientFunds
# %% test 2
import pytest
a = Account(100)
with pytest.raises(InsufficientFunds) as info:
    a.withdraw(500)
assert info.value.needed == 500
assert info.value.available == 100
assert "500" in str(info.value)
with pytest.raises(ValueError, match=r"."):
    a.withdraw(-1)
a.withdraw(40)
assert a.balance == 60
# %% test 1
try:
    Account(1).withdraw(5)
except BankError as e:
    assert type(e) is InsufficientFunds
    assert isinstance(e, InsufficientFunds)
    assert e.__class__.__name__ == "InsufficientFunds"
else:
    raise AssertionError
# %% test 1
with pytest.raises(AttributeError):
    Account(5).balance = 10
# %% test 1
assert safe_divide(1, 2) == 0.5
assert safe_divide(1, 0) == float("inf")
try:
    safe_divide("a", 2)
    assert False
except ValueError as e:
    assert isinstance(e.__cause__, TypeError)
# %% test 1
good, bad = parse_ints(["1", "x", None, 3.7, "-4"])
assert good == [1, 3, -4]
assert bad == ["x", None]
# %% test 1
import warnings
with warnings.catch_warnings(record=True) as w:
    warnings.simplefilter("always")
    assert old() == 1
    assert len(w) == 1
    assert issubclass(w[-1].category, DeprecationWarning)
with pytest.warns(DeprecationWarning):
    old()
# %% test 2
calls = []
def flaky():
    calls.append(1)
    if len(calls) < 3:
        raise OSError("down")
    return "up"
assert retry(flaky, 5) == "up"
assert len(calls) == 3
def broken():
    raise KeyError("never")
with pytest.raises(KeyError):
    retry(broken, 2)
