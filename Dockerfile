# One image for every backsweep program: API, workers, scheduler, tracker, MLflow server.
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore

WORKDIR /app

# The dependencies first: they change less often than the code.
COPY pyproject.toml constraints.txt ./
RUN python -c "import tomllib; print('\n'.join(tomllib.load(open('pyproject.toml', 'rb'))['project']['dependencies']))" > /tmp/requirements.txt \
 && pip install -c constraints.txt -r /tmp/requirements.txt 'setuptools>=77'

COPY . .
RUN pip install --no-deps --no-build-isolation .

RUN useradd --create-home --uid 10001 backsweep && mkdir -p /data/artifacts /data/cache && chown -R backsweep: /data
USER backsweep
EXPOSE 8700 8701
CMD ["backsweep", "--help"]
