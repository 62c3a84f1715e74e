"""Reads two pages as a program of the standard library alone would."""
import os
import re
import urllib.request

url = os.environ["SOURCE_URL"] + "/api/orders"
while url:
    request = urllib.request.Request(url, headers={"X-Token": os.environ["TOKEN"]})
    with urllib.request.urlopen(request, timeout=20) as answer:
        print(answer.read().decode(), end="")
        following = re.search(r'<([^>]*)>; rel="next"', answer.headers.get("Link", ""))
    url = following and following[1]
