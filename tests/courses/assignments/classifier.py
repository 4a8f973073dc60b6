# subject: statistics
# tries: an estimator with fit and predict, and a score that the test works out
# %% given
import numpy as np


# %% solution
class Nearest:
    def fit(self, X, y):
        ### BEGIN SOLUTION
        self.centres_ = {label: X[y == label].mean(axis=0) for label in np.unique(y).tolist()}
        return self
        ### END SOLUTION

    def predict(self, X):
        ### BEGIN SOLUTION
        labels = list(self.centres_)
        far = [np.linalg.norm(X - self.centres_[label], axis=1) for label in labels]
        return np.array(labels)[np.argmin(far, axis=0)]
        ### END SOLUTION


def accuracy(model, X, y):
    ### BEGIN SOLUTION
    return float((model.predict(X) == y).mean())
    ### END SOLUTION


# %% wrong
class Nearest:
    def fit(self, X, y):
        self.label = y[0]

    def predict(self, X):
        return np.full(len(X), self.label)


def accuracy(model, X, y):
    return 0.0


# %% test 1
X = np.array([[0.0, 0.0], [1.0, 0.0], [8.0, 8.0], [9.0, 8.0]])
y = np.array([0, 0, 1, 1])
model = Nearest().fit(X, y)
assert model.predict(X).tolist() == [0, 0, 1, 1]
# %% test 1
assert model.centres_[1].tolist() == [8.5, 8.0]
# %% test 2
assert accuracy(Nearest().fit(X, y), X, y) == 1.0


class Constant:
    def predict(self, X):
        return np.zeros(len(X), dtype=int)


assert np.mean(Constant().predict(X) == y) == 0.5
