"""Take the pictures of the pages in README and docs, from the demo's results: `make pictures`."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import cv2
import numpy as np
from selenium import webdriver

SITE = Path("results/site").resolve()
IMAGES = Path(__file__).parent
#: Name of the picture: page, width, height, dark, and seconds from contact.
PICTURES = {
    "page-clips": ("index.html", 1400, 820, False, None),
    "page-clip": ("clips/down_the_ground.html", 1400, 1500, False, -0.06),
    "page-compare": ("compare.html#a=hook&b=cover_drive&by=phase", 1400, 1500, False, -0.1),
    "page-phone": ("clips/down_the_ground.html", 390, 844, True, -0.06),
}
#: Of what is above the fold of a clip's page, what the picture leaves out.
SHORTER = "for (const s of document.querySelectorAll('.columns')) s.style.display = 'none'"


def main() -> None:
    """Open each page in a browser without a window, and keep what it shows."""
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or shutil.which("google-chrome")
    for flag in ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"):
        options.add_argument(flag)
    driver = webdriver.Chrome(
        options=options, service=webdriver.ChromeService(shutil.which("chromedriver"))
    )
    for name, (page, width, height, dark, at_s) in PICTURES.items():
        screen = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
        driver.get("about:blank")
        driver.get(f"{SITE.as_uri()}/{page}")
        time.sleep(1.5)
        if at_s is not None:
            driver.execute_script("kinepath.player.seek(arguments[0])", at_s)
        if page.startswith("clips/"):
            driver.execute_script(SHORTER)
        time.sleep(1.5)
        image = cv2.imdecode(
            np.frombuffer(driver.get_screenshot_as_png(), dtype=np.uint8), cv2.IMREAD_COLOR
        )
        quality = [cv2.IMWRITE_WEBP_QUALITY, 80]
        cv2.imwrite(str(IMAGES / f"{name}.webp"), image, quality)
    driver.quit()


if __name__ == "__main__":
    main()
