FROM python:3.13-slim

RUN apt-get update \
    && apt-get install -y --no-install-recommends libimage-exiftool-perl libmagic1 \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /app
COPY requirements.txt requirements-redis.txt constraints.txt ./
RUN pip install --no-cache-dir -c constraints.txt -r requirements.txt -r requirements-redis.txt
COPY . .

# Photos are mounted read-only; /data and /archive are all that the program writes to.
RUN useradd --uid 1000 --create-home mediaparser \
    && install -d -o mediaparser -g mediaparser /data /archive
USER mediaparser
ENV MEDIAPARSER_DATA_DIR=/data MEDIAPARSER_ARCHIVE_DIR=/archive PYTHONUNBUFFERED=1
VOLUME ["/data", "/archive"]

EXPOSE 8000
CMD ["sh", "-c", "python manage.py setup && exec gunicorn --bind=0.0.0.0:8000 --worker-class=gthread --threads=8 --no-control-socket mediaparser.wsgi"]
