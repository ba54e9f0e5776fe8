"""What the conversion scripts share: reading the originals, drawing delays, writing Freshet's JSON events."""

import argparse
import gzip
import json
import random
from pathlib import Path

RECENT = 50


def arguments(description):
    """The command line of every conversion script."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--data", type=Path, required=True, help="folder of the original files")
    parser.add_argument("--out", type=Path, required=True, help="folder for impressions.jsonl.gz and actions.jsonl.gz")
    parser.add_argument("--seed", type=int, default=1, help="of the delays (default 1)")
    parser.add_argument("--window", type=float, default=3600, help="attribution window, seconds (default 3600): every delay is shorter")
    parser.add_argument("--mean-delay", type=float, help="mean delay of an action, seconds (default: an eighth of the window)")
    return parser


class Delays:
    """Exponential delays in milliseconds, at least one second and at most 98 % of the window."""

    def __init__(self, options):
        self.random = random.Random(options.seed)
        mean = options.window / 8 if options.mean_delay is None else options.mean_delay
        self.mean_ms = mean * 1000
        self.longest_ms = options.window * 1000 * 0.98

    def next_ms(self):
        drawn = self.random.expovariate(1 / self.mean_ms) if self.mean_ms > 0 else 0
        return int(min(max(drawn, min(1000, self.longest_ms)), self.longest_ms))


def rows(path):
    """The rows of a gzipped tab-separated file."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        for line in lines:
            yield line.rstrip("\r\n").split("\t")


def impression(impression_id, time_ms, features):
    return {"impression_id": impression_id, "time_ms": time_ms, "features": features}


def action(impression_id, name, time_ms):
    return {"impression_id": impression_id, "action": name, "time_ms": time_ms}


def write(out, impressions, actions):
    """Both files, each in the order of event time; the same input gives the same bytes."""
    out.mkdir(parents=True, exist_ok=True)
    for name, events in (("impressions", impressions), ("actions", actions)):
        events = sorted(events, key=lambda event: event["time_ms"])
        path = out / f"{name}.jsonl.gz"
        with open(path, "wb") as raw, gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as packed:
            for event in events:
                packed.write(json.dumps(event, separators=(",", ":")).encode() + b"\n")
        print(f"{path}: {len(events):,} events")
