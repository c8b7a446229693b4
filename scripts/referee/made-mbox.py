"""Writes a made mbox of any size for measuring the importers: equal arguments, equal bytes.

    python3 scripts/referee/made-mbox.py OUT.mbox --mails 100000
    python3 scripts/referee/made-mbox.py OUT.mbox --mails 50000 --text 10000 --attachment 140000

Every mail has its own words, people, threads and date; attachments are base64 of one random block per thirty mails.
"""
import argparse
import base64
import random
import time

parser = argparse.ArgumentParser()
parser.add_argument("out")
parser.add_argument("--mails", type=int, required=True)
parser.add_argument("--text", type=int, default=1500, help="characters of each body, about")
parser.add_argument("--attachment", type=int, default=0, help="bytes of each attachment before base64")
arguments = parser.parse_args()

draw = random.Random(7)
syllables = [a + b for a in "bdfgklmnprstv" for b in ("a", "e", "i", "o", "u", "an", "el", "or")]
words = ["".join(draw.choices(syllables, k=draw.randint(1, 4))) for _ in range(20000)]
people = [f"{draw.choice(words)}.{draw.choice(words)}" for _ in range(400)]
start = 978307200

with open(arguments.out, "wb") as out:
    block = b""
    for n in range(arguments.mails):
        date = time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime(start + n * 600))
        stamp = time.strftime("%a %b %d %H:%M:%S %Y", time.gmtime(start + n * 600))
        sender, other = draw.sample(people, 2)
        answers = n >= 10 and draw.random() < 0.4
        subject = ("Re: " if answers else "") + " ".join(draw.choices(words, k=4))
        head = (
            f"From {sender}@made.example {stamp}\n"
            f"Delivered-To: me@made.example\n"
            f"Received: from mail.made.example (mail.made.example [192.0.2.1]) by mx.made.example; {date}\n"
            f"Message-ID: <{n}@made.example>\nDate: {date}\n"
            f"From: {sender.title()} <{sender}@made.example>\nTo: Me <me@made.example>, {other}@made.example\n"
            f"Subject: {subject}\nMIME-Version: 1.0\n"
        )
        if answers:
            head += f"In-Reply-To: <{n - draw.randint(1, 10)}@made.example>\n"
        lines = []
        length = 0
        while length < arguments.text:
            lines.append(" ".join(draw.choices(words, k=10)))
            length += len(lines[-1]) + 1
        if answers:
            lines += [f"On {date}, {other}@made.example wrote:", "> " + " ".join(draw.choices(words, k=10))]
        text = "\n".join(lines) + "\n"
        if arguments.attachment == 0:
            out.write((head + "Content-Type: text/plain; charset=utf-8\n\n" + text + "\n").encode())
            continue
        if n % 30 == 0:
            block = base64.encodebytes(draw.randbytes(arguments.attachment))
        out.write(
            (
                head + 'Content-Type: multipart/mixed; boundary="=made="\n\n--=made=\nContent-Type: text/plain; '
                f"charset=utf-8\n\n{text}\n--=made=\nContent-Type: application/pdf; name=\"file-{n}.pdf\"\n"
                "Content-Transfer-Encoding: base64\nContent-Disposition: attachment\n\n"
            ).encode()
        )
        out.write(block)
        out.write(b"--=made=--\n\n")
