"""Seals everything anew in a process of its own, to be killed: data folder, database url."""

import asyncio
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from core import config, crypto, database, resealing
from models.sealed import sealed_columns


async def main(folder: Path, url: str) -> None:
    config.use(config.Settings(data_dir=folder))
    await database.open_database(url, kind=database.PRODUCTION, data_dir=folder)
    crypto.open_keys(folder)
    os.write(1, b"begins\n")
    await resealing.reseal(sealed_columns())
    await database.close_database()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
