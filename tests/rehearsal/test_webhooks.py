"""A crowd of callbacks to a slow product: all of them arrive."""

import asyncio

import aiohttp
from aiohttp import web

from phonebank.rehearsal.webhooks import Webhooks


def test_no_callback_is_lost_waiting_for_its_turn(monkeypatch, free_port):
    """Three hundred at once take four seconds, four at a time; each has two seconds of its own."""
    monkeypatch.setattr("phonebank.rehearsal.webhooks._AT_ONCE", 4)
    monkeypatch.setattr("phonebank.rehearsal.webhooks._TIMEOUT", aiohttp.ClientTimeout(total=2))

    async def slow(_request):
        await asyncio.sleep(0.05)
        return web.Response(status=204)

    async def walk():
        app = web.Application()
        app.router.add_post("/status", slow)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", free_port).start()
        webhooks = Webhooks("token")
        await webhooks.open()
        await asyncio.gather(*(webhooks.post(f"http://127.0.0.1:{free_port}/status", {}) for _ in range(300)))
        await webhooks.close()
        await runner.cleanup()
        return webhooks.answered

    assert asyncio.run(walk()) == {"2xx": 300}
