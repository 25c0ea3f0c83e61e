"""What lies in a queue, read from Redis itself."""

import base64
import json

import redis


def waiting_messages(url: str) -> list[dict]:
    """Messages for trainers that nobody has taken, first sent first, bodies decoded."""
    with redis.Redis.from_url(url) as client:
        found = [json.loads(raw) for raw in reversed(client.lrange("train", 0, -1))]
    for message in found:
        message["body"] = json.loads(base64.b64decode(message["body"]))
    return found


def waiting_job_ids(url: str) -> list[int]:
    return [message["body"][0][0] for message in waiting_messages(url)]
