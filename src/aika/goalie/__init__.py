"""The goalie: the support bot of a channel. It knows no Slack."""
