# exercise: convolutional_block
# title: 留着没做
# error: untouched

def convolutional_block(X, f, filters, stage, block, s=2):
    """实现卷积块"""
    # 在这里写代码
    raise NotImplementedError("convolutional_block")
