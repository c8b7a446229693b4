"""Records the token ids of texts by the tokenizers that others make of GGUF files.

    python scripts/referee/gguf_tokens.py FILE.gguf NAME      (needs transformers, torch, gguf, llama-cpp-python)

Two referees: transformers (`AutoTokenizer`, `gguf_file=`) and llama.cpp, since they disagree in places. Writes
tests/fixtures/gguf/tokens-NAME.json: texts with ids, nothing added at their ends, special tokens in texts recognised;
`llama_cpp` is there where llama.cpp's ids are other ones.
"""

import json
import os
import random
import sys

from llama_cpp import Llama
from transformers import AutoTokenizer

PLAIN = [
    "Hello, world!",
    "The quick brown fox jumps over the lazy dog.",
    "don't can't I'll we've she'd they're it's",
    "DON'T SHOUT, I'LL HEAR",
    "On 2025-03-01 at 14:05 we paid $1,234.56 (12.5%) for 3 items.",
    "a  2025  b",
    "   leading and trailing   ",
    "tabs\tand\nnew\n\nlines\r\nwindows\n\n\n\nfour",
    "def f(x):\n    if x:\n        return x ** 2\n\n\tpass",
    '{"name": "search_emails", "arguments": {"keywords": ["invoice", "Q3"], "max_results": 5}}',
    "<tool_call>\n{}\n</tool_call>",
    "Größe, naïve, Ærø, Đà Nẵng, İstanbul",
    "部署方案与四階段の計画です。",
    "مرحبا بالعالم — שלום עולם",
    "हिन्दी भाषा, ภาษาไทย, ქართული",
    "Smile 😀👍🏽👨‍👩‍👧‍👦 and 🇪🇺",
    "\u200bzero\u200dwidth\ufeffmark\u00a0space\u2003wide",
    "\ufeffusing System;",
    "math: ∑ α² ≤ ½ · ∞ ⇒ x ∉ ℝ",
    "e\u0301 combined, \u00e9 composed",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "supercalifragilisticexpialidocious antidisestablishmentarianism",
    "http://example.com/a/b?c=d&e=f#g user.name+tag@example.co.uk",
    "....!!!???---___***///\\\\\\",
    "'quoted' \"double\" `code` \u2018curly\u2019 \u201cones\u201d",
    "1234567890 12345678901234567890 0x1F 1e-10 3.14159",
    "x",
    " ",
    "  ",
    "\n",
    "\n\n\n",
    "\t\t",
    "\x00\x01\x7f",
    "ﬁ ligature, ① circled, Ａ wide, ſ long",
    "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𠀀 \U0010ffff",
]


def texts(special):
    yield from PLAIN
    for token in special:
        yield f"{token}user\nHi{token} there {token}"
        yield token[:-1] + " " + token[-1]
    # Whatever two alphabets and spaces can be put together to.
    draw = random.Random(7)
    letters = "abcdeXYZ 012.,'\n  éß漢字😀\u2581<>"
    for _ in range(40):
        yield "".join(draw.choice(letters) for _ in range(draw.randint(1, 40)))


def main():
    path, name = sys.argv[1:3]
    theirs = AutoTokenizer.from_pretrained(os.path.dirname(path) or ".", gguf_file=os.path.basename(path))
    llama = Llama(path, vocab_only=True, verbose=False)
    added = [token for token in theirs.get_added_vocab() if not token.startswith("<unused")]
    recorded = []
    for text in texts(sorted(added)[:12]):
        entry = {"text": text, "ids": theirs.encode(text, add_special_tokens=False)}
        other = llama.tokenize(text.encode(), add_bos=False, special=True)
        if other != entry["ids"]:
            entry["llama_cpp"] = other
        recorded.append(entry)
    out = os.path.join("tests", "fixtures", "gguf", f"tokens-{name}.json")
    with open(out, "w") as file:
        json.dump(recorded, file, ensure_ascii=True, indent=1)
        file.write("\n")
    different = [entry["text"] for entry in recorded if "llama_cpp" in entry]
    print(out, len(recorded), "texts,", len(different), "where llama.cpp has other ids")
    for text in different:
        print("   ", repr(text))


if __name__ == "__main__":
    main()
