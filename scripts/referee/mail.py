"""Compares what the importers make of single-message files with Python's email package, field by field.

    npm run --silent corpus -- inspect FOLDER --json > report.json
    python3 scripts/referee/mail.py report.json

Prints how many agree on date, first sender, recipients and subject, and names the files that differ, never their text.
Files that became several mails, or none, are left out.
"""
import email
import email.policy
import email.utils
import json
import re
import sys
from datetime import timezone

report = json.load(open(sys.argv[1]))
agree = {"date": 0, "from": 0, "to": 0, "subject": 0}
differ = {name: [] for name in agree}
compared = 0


def addresses(message, name):
    found = email.utils.getaddresses([str(value) for value in message.get_all(name, [])])
    return [address.lower() for _, address in found if "@" in address]


def plain(text):
    return re.sub(r"\s+", " ", str(text or "")).strip()


for item in report["items"]:
    path = item["source"]
    if "#" in path.rsplit("/", 1)[-1]:
        continue
    with open(path, "rb") as file:
        message = email.message_from_binary_file(file, policy=email.policy.default)
    compared += 1
    try:
        moment = email.utils.parsedate_to_datetime(str(message["date"]))
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=timezone.utc)
        date = moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    except Exception:
        date = None
    try:
        theirs = {
            "date": date,
            "from": (addresses(message, "from") or [""])[0],
            "to": list(dict.fromkeys(addresses(message, "to"))),
            "subject": plain(message["subject"]),
        }
    except Exception as error:
        print(f"{path}: Python fails: {type(error).__name__}")
        continue
    ours = {
        "date": item["date"],
        "from": item["from"],
        "to": [address for address in item["to"] if "@" in address],
        "subject": plain(item["subject"]),
    }
    for name in agree:
        if theirs[name] == ours[name]:
            agree[name] += 1
        else:
            differ[name].append(path)

print(f"{compared} messages compared, {len(report['rejected'])} rejected")
for name, count in agree.items():
    print(f"{name}: {count} agree, {len(differ[name])} differ")
    for path in differ[name]:
        print(f"  {path}")
