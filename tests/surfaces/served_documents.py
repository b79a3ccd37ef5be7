"""What the small company of these tests has written down."""

from pathlib import Path

DOCUMENTS = {
    "deploy.md": "# Deploying\n\nRun `ferry deploy checkout` to deploy the checkout service. The canary takes ten minutes.\n\n"
    "## Rolling back\n\nRun `ferry rollback checkout` to roll back. It takes about two minutes.\n",
    "refunds.md": "# Refunds\n\nCustomers may claim a refund within 30 days of the sailing.\n\n"
    "Refunds above €500 need an approval by Finance.\n",
    "owners.md": "---\nowner: team-payments\nslack_channel: '#payments'\n---\n# Payments service\n\n"
    "The payments service is owned by "
    "team-payments. Reach them in #payments.\n",
    "cache.md": "# Cache\n\nThe cache keeps entries for 15 minutes. Error `CACHE-104` means that the cache is full: restart it "
    "with `ferry restart cache`.\n",
}
SECRETS = {"plan.md": "# Project Nightjar\n\nProject Nightjar moves the head office to Turku in spring.\n"}


def write(folder: Path, documents: dict[str, str]) -> None:
    folder.mkdir()
    for key, text in documents.items():
        (folder / key).write_text(text, encoding="utf-8")
