"""nbgrader's pages: templates and filters, Formgrader's handlers, and the Jupyter extension that brings them."""
