"""Reads two pages with requests, in a session as most programs have one."""
import os

import requests

session = requests.Session()
url = os.environ["SOURCE_URL"] + "/api/orders"
while url:
    answer = session.get(url, headers={"X-Token": os.environ["TOKEN"]}, timeout=20)
    answer.raise_for_status()
    print(answer.text, end="")
    url = answer.links.get("next", {}).get("url")
