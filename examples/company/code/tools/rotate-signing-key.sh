#!/usr/bin/env bash
# Replaces the signing key of Harbourpass without logging anyone out.
#
#   ./rotate-signing-key.sh --env stage|prod [--now]
#
# Steps: publish the new key, wait, sign with it, schedule the removal of the old one. Each step is skipped if it was done
# already, so the script may be interrupted and started again.
#
# --now skips the waiting. Only for a leaked key: services will log HP-1401 for up to ten minutes.
#
# Runs on the first Monday of January, April, July and October. Needs Gangway and the group slipway-all.
set -euo pipefail

# Services keep the published keys for 10 minutes. Twice that, because one of them (parcel-tracker, until 2.3) counted
# from the last use and not from the fetch.
readonly WAIT_SECONDS=1200

# Access tokens end after 15 minutes, service tokens after 10. Two days are for the scanners in the terminals, which fetch
# keys when they stand in the cradle at night.
readonly REMOVE_AFTER="48h"

env=""
now=false
while [[ $# -gt 0 ]]; do
  case "$1" in
    --env) env="$2"; shift 2 ;;
    --now) now=true; shift ;;
    *) echo "unknown option: $1" >&2; exit 64 ;;
  esac
done
[[ "$env" == "stage" || "$env" == "prod" ]] || { echo "--env must be stage or prod" >&2; exit 64; }

old_kid="$(hpctl keys current --env "$env")"
new_kid="hp-$(date -u +%Y-%m-%d)"
if [[ "$old_kid" == "$new_kid" ]]; then
  echo "$new_kid signs already; nothing to do"
  exit 0
fi

hpctl keys list --env "$env" | grep -qx "$new_kid" || hpctl keys create "$new_kid" --algorithm ed25519 --env "$env"
hpctl keys publish "$new_kid" --env "$env"

if ! $now; then
  echo "waiting $((WAIT_SECONDS / 60)) minutes until every service has fetched $new_kid"
  sleep "$WAIT_SECONDS"
fi

hpctl keys sign-with "$new_kid" --env "$env"
hpctl keys remove "$old_kid" --after "$REMOVE_AFTER" --env "$env"
echo "$new_kid signs now; $old_kid goes in $REMOVE_AFTER and can be restored for 30 days"
