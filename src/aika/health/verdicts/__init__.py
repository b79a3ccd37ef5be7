"""Why an answer was bad: tests of the answer, of the documents it cites, and of those that it does not."""
