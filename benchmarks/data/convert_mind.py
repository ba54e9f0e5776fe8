#!/usr/bin/env python3
"""News impressions (mind-sample) as impressions, with a delayed `click` for a clicked one.

Reads impressions.tsv.gz (request_id, position, timestamp in seconds, user_id, item_id, clicked; with a header),
behaviors.tsv.gz (request id, user id, time, past clicks, shown list) for the clicks that came before the request, and
news_partial.tsv.gz (news id, category, subcategory, ...). The original has no time of a click: the delay is drawn.
"""

from events import RECENT, Delays, action, arguments, impression, rows, write


def features(row, news, past_clicks):
    request, position, seconds, user, item, _ = row
    values = {
        "user": user,
        "item": item,
        "position": int(position),
        "hour": int(seconds) // 3600 % 24,
        "recent": past_clicks.get(request, [])[-RECENT:],
    }
    if item in news:
        values["category"], values["subcategory"] = news[item]
    return values


def convert(shown, news, past_clicks, delays):
    impressions, actions = [], []
    for row in shown:
        key, time_ms = f"{row[0]}-{row[1]}", int(row[2]) * 1000
        impressions.append(impression(key, time_ms, features(row, news, past_clicks)))
        if row[5] == "1":
            actions.append(action(key, "click", time_ms + delays.next_ms()))
    return impressions, actions


def main():
    options = arguments(__doc__.splitlines()[0]).parse_args()
    shown = list(rows(options.data / "impressions.tsv.gz"))[1:]
    news = {row[0]: (row[1], row[2]) for row in rows(options.data / "news_partial.tsv.gz")}
    past_clicks = {row[0]: row[3].split() for row in rows(options.data / "behaviors.tsv.gz")}
    write(options.out, *convert(shown, news, past_clicks, Delays(options)))


if __name__ == "__main__":
    main()
