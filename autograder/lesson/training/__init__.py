"""The exercise whose answer is a trained network: train it, keep its weights, and measure what it can do.

`fit`, `progress` and `blocks` run beside the student's code and use Keras. Everything else is on the trusted side,
where `kind` is what the engine sees of it.
"""
