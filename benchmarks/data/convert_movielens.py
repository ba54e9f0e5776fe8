#!/usr/bin/env python3
"""MovieLens ratings (ml-latest-small) as impressions, with a delayed `like` for a rating of 4 or more.

Reads events.tsv.gz (user_id, item_id, rating, timestamp in seconds; with a header, sorted by time) and items.tsv.gz
(item_id, title with year, genres separated by |). A user's `recent` holds movies whose like came before the impression.
"""

import heapq
import re
from collections import defaultdict, deque

from events import RECENT, Delays, action, arguments, impression, rows, write

LIKED_FROM = 4.0


def movies(path):
    """item_id -> (genres, year)"""
    found = {}
    for item, title, genres in list(rows(path))[1:]:
        year = re.search(r"\((\d{4})\)\s*$", title)
        genres = [genre for genre in genres.split("|") if genre and genre != "(no genres listed)"]
        found[item] = (genres, year.group(1) if year else None)
    return found


def convert(ratings, items, delays):
    impressions, actions = [], []
    recent = defaultdict(lambda: deque(maxlen=RECENT))
    coming_likes = []
    for number, (user, item, rating, seconds) in enumerate(ratings):
        time_ms = int(seconds) * 1000
        while coming_likes and coming_likes[0][0] < time_ms:
            _, _, liker, liked = heapq.heappop(coming_likes)
            recent[liker].append(liked)
        genres, year = items.get(item, ([], None))
        features = {"user": user, "item": item, "genres": genres, "recent": list(recent[user])}
        if year:
            features["year"] = year
            features["decade"] = year[:3] + "0"
        impressions.append(impression(f"r{number}", time_ms, features))
        if float(rating) >= LIKED_FROM:
            like_ms = time_ms + delays.next_ms()
            actions.append(action(f"r{number}", "like", like_ms))
            heapq.heappush(coming_likes, (like_ms, number, user, item))
    return impressions, actions


def main():
    options = arguments(__doc__.splitlines()[0]).parse_args()
    ratings = list(rows(options.data / "events.tsv.gz"))[1:]
    write(options.out, *convert(ratings, movies(options.data / "items.tsv.gz"), Delays(options)))


if __name__ == "__main__":
    main()
