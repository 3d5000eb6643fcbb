"""`python -m simulator`: serves the platform and the phones until SIGTERM or SIGINT."""

import signal
import sys
from types import FrameType

from simulator import create_app
from simulator.config import Config, ConfigError
from simulator.server import listen


def main() -> int:
    """Run the simulator; returns the exit status."""
    try:
        config = Config.from_environment()
        server = listen(create_app(config), config.host, config.port)
    except (ConfigError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    signal.signal(signal.SIGTERM, stop)
    sys.stdout.write(f"微信模拟器：{config.base_url}/ （推送到 {config.webhook_url}）\n")
    sys.stdout.flush()
    try:
        server.serve_forever()
    finally:
        server.server_close()
    return 0


def stop(_signal: int, _frame: FrameType | None) -> None:
    """Leave the server's loop."""
    raise SystemExit(0)


if __name__ == "__main__":
    sys.exit(main())
