# exercise: identity_block
# title: type hints, docstring, star unpacking, default arguments

from keras.initializers import GlorotUniform


def identity_block(
    X: keras.KerasTensor,
    f: int = 3,
    filters: list[int] | tuple[int, int, int] = (64, 64, 256),
    stage: int = 2,
    block: str = "b",
) -> keras.KerasTensor:
    """Return relu(main(X) + X).

    main is three convolutions, each followed by batch normalization; the first two also by a ReLU.
    """
    *inner, last = filters
    out = X
    for letter, count, size in zip(("2a", "2b"), inner, (1, f)):
        out = Conv2D(count, size, padding="same", kernel_initializer=GlorotUniform(seed=0),
                     name="_branch".join([f"res{stage}{block}", letter]))(out)
        out = BatchNormalization(name="_branch".join([f"bn{stage}{block}", letter]))(out)
        out = ReLU()(out)
    out = Conv2D(last, 1, kernel_initializer=GlorotUniform(seed=0), name=f"res{stage}{block}_branch2c")(out)
    out = BatchNormalization(name=f"bn{stage}{block}_branch2c")(out)
    return ReLU()(Add()([X, out]))
