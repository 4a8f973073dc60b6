# exercise: identity_block
# title: from tensorflow.keras import layers
# why: Keras reads padding without regard to case

from tensorflow.keras import layers as L
from tensorflow.keras.initializers import GlorotUniform as Glorot

def identity_block(X, f, filters, stage, block):
    F1, F2, F3 = filters
    x = L.Conv2D(F1, (1, 1), name=f"res{stage}{block}_branch2a", kernel_initializer=Glorot(seed=0))(X)
    x = L.BatchNormalization(axis=3, name=f"bn{stage}{block}_branch2a")(x)
    x = L.Activation("relu")(x)
    x = L.Conv2D(F2, (f, f), padding="SAME", name=f"res{stage}{block}_branch2b", kernel_initializer=Glorot(seed=0))(x)
    x = L.BatchNormalization(axis=3, name=f"bn{stage}{block}_branch2b")(x)
    x = L.Activation("relu")(x)
    x = L.Conv2D(F3, (1, 1), name=f"res{stage}{block}_branch2c", kernel_initializer=Glorot(seed=0))(x)
    x = L.BatchNormalization(axis=3, name=f"bn{stage}{block}_branch2c")(x)
    x = L.Add()([x, X])
    return L.Activation("relu")(x)
