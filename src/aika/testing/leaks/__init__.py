"""The leak suite: asks everything of a deployment as people who may not know, and looks for what they learn.

It plants a small company with documents that hold unguessable words, asks every endpoint in every way as each of its people,
takes people out of groups in between, and reports each word that reached somebody who may not read it. Readers must find what
is theirs, so that a deployment that answers nothing does not pass. ``python -m aika.testing.leaks`` runs it on any server.
"""
