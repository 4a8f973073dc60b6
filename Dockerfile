# The kit on CPUs, for who has no Linux machine: see docs/guides/container.md. It grades under Docker's default profile.
FROM python:3.12-slim-bookworm

RUN apt-get update \
    && apt-get install --yes --no-install-recommends bubblewrap fonts-noto-cjk git make \
    && rm -rf /var/lib/apt/lists/*

# The number that JupyterHub's spawners and dev containers expect.
RUN useradd --create-home --uid 1000 kit && install --directory --owner=kit /kit /course
USER kit
WORKDIR /kit
COPY --chown=kit . .
RUN make install

# More packages, as in `--build-arg EXTRA=jupyterhub==5.3.0` for a hub's users.
ARG EXTRA=""
RUN [ -z "$EXTRA" ] || .venv/bin/python -m pip install --no-cache-dir $EXTRA

ENV PATH="/kit/.venv/bin:$PATH"
WORKDIR /course
EXPOSE 8888
CMD ["autograder", "formgrader", "--no-browser", "--", "--ServerApp.ip=0.0.0.0"]
