# SPDX-License-Identifier: MIT
"""An echo server and its clients with asyncio's streams, over a socket of the file system."""
import asyncio
import sys


async def serve(reader, writer):
    while line := await reader.readline():
        writer.write(line.upper())
        await writer.drain()
    writer.close()


async def ask(number, size, queue):
    reader, writer = await asyncio.open_unix_connection("echo")
    for turn in range(size):
        writer.write(f"client {number} says {turn}\n".encode())
        await writer.drain()
        await queue.put(await asyncio.wait_for(reader.readline(), timeout=60))
    writer.close()
    await writer.wait_closed()


async def count(queue):
    letters = 0
    while (line := await queue.get()) is not None:
        letters += len(line.decode().rstrip())
    return letters


async def talk(size):
    server = await asyncio.start_unix_server(serve, "echo")
    queue = asyncio.Queue(maxsize=10)
    counting = asyncio.create_task(count(queue))
    await asyncio.gather(*(ask(number, size, queue) for number in range(8)))
    await queue.put(None)
    server.close()
    return await counting


def main(size):
    print(asyncio.run(talk(size)))


if __name__ == "__main__":
    main(int(sys.argv[1]))
