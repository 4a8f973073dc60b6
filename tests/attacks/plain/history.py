# story: The shell remembers what every cell was, the tests included.
# aim: secret
# stock: secret

# %% last
print("\n".join(In))
print(list(get_ipython().history_manager.get_range(raw=True)))
