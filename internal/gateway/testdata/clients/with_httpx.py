"""Reads two pages with httpx's asynchronous client."""
import asyncio
import os

import httpx


async def main() -> None:
    url = os.environ["SOURCE_URL"] + "/api/orders"
    async with httpx.AsyncClient(timeout=20) as client:
        while url:
            answer = await client.get(url, headers={"X-Token": os.environ["TOKEN"]})
            answer.raise_for_status()
            print(answer.text, end="")
            url = answer.links.get("next", {}).get("url")


asyncio.run(main())
