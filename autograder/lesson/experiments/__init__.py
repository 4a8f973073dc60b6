"""What the lesson measures: deep networks with shortcuts and without, gradients, few images, a network's own view."""
