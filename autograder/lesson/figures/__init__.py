"""The figures of the lesson. Each `show_` displays one in the notebook; the functions it calls only draw."""
