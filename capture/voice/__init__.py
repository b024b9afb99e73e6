"""Speech: the microphone, recordings, and the process that turns them into text."""
