# The bot in an image: no compiler, no tests, not root. It writes to /data and /tmp only, so its root may be read-only.
FROM python:3.11.14-slim-trixie AS build

ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /src
RUN python -m venv /opt/waerror
COPY deploy/requirements.lock ./
RUN /opt/waerror/bin/pip install --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE app_manifest.yml ./
COPY knowledge ./knowledge
COPY bot ./bot
RUN /opt/waerror/bin/pip install --no-build-isolation --no-deps .

FROM python:3.11.14-slim-trixie

LABEL org.opencontainers.image.title="waerror" org.opencontainers.image.licenses="MIT"
ENV PATH=/opt/waerror/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PORT=3000 \
    WAERROR_BIND=0.0.0.0 \
    WAERROR_DATABASE_URL=sqlite:////data/waerror.db
RUN groupadd --gid 10001 waerror \
    && useradd --uid 10001 --gid waerror --no-create-home --home-dir /data --shell /usr/sbin/nologin waerror \
    && install --directory --owner waerror --group waerror --mode 0700 /data
COPY --from=build /opt/waerror /opt/waerror
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f\"http://127.0.0.1:{os.environ['PORT']}/healthz\", timeout=4)"]
ENTRYPOINT ["waerror"]
CMD ["run"]
