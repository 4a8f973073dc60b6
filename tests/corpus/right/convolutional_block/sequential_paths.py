# exercise: convolutional_block
# title: each path is one Sequential, names kept
# why: the layers are nested in Sequential models; the names are kept

from keras.initializers import GlorotUniform


def convolutional_block(X, f, filters, stage, block, s=2):
    F1, F2, F3 = filters
    where = f"{stage}{block}"
    init = GlorotUniform(seed=0)
    main_path = keras.Sequential()
    main_path.add(Conv2D(F1, 1, strides=s, kernel_initializer=init, name=f"res{where}_branch2a"))
    main_path.add(BatchNormalization(name=f"bn{where}_branch2a"))
    main_path.add(ReLU())
    main_path.add(Conv2D(F2, f, padding="same", kernel_initializer=init, name=f"res{where}_branch2b"))
    main_path.add(BatchNormalization(name=f"bn{where}_branch2b"))
    main_path.add(ReLU())
    main_path.add(Conv2D(F3, 1, kernel_initializer=init, name=f"res{where}_branch2c"))
    main_path.add(BatchNormalization(name=f"bn{where}_branch2c"))
    shortcut = keras.Sequential([
        Conv2D(F3, 1, strides=s, kernel_initializer=init, name=f"res{where}_branch1"),
        BatchNormalization(name=f"bn{where}_branch1"),
    ])
    return ReLU()(Add()([main_path(X), shortcut(X)]))
