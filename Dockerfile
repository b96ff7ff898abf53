# Stage 1 has the build tools; nothing of it but the virtual environment reaches the image.
FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/callboard
WORKDIR /src
COPY requirements/setup.lock requirements/setup.lock
RUN /opt/callboard/bin/pip install --require-hashes -r requirements/setup.lock
COPY . .
RUN /opt/callboard/bin/pip install --no-deps --no-build-isolation . \
    && /opt/callboard/bin/pip uninstall --yes hatchling editables pip

FROM python:3.13-slim
RUN apt-get update \
    && apt-get install --yes --no-install-recommends git bubblewrap tini \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --create-home --home-dir /var/lib/callboard callboard
COPY --from=build /opt/callboard /opt/callboard
ENV PATH=/opt/callboard/bin:$PATH \
    CALLBOARD_DATA_DIR=/var/lib/callboard \
    CALLBOARD_WEB_HOST=0.0.0.0 \
    CALLBOARD_WEB_PORT=8080
USER callboard
WORKDIR /var/lib/callboard
VOLUME /var/lib/callboard
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8080/health', timeout=4)"]
ENTRYPOINT ["tini", "--", "callboard"]
CMD ["serve"]
