package io.freshet.quickstart.replay;

import java.util.Iterator;

/** Events in the order in which they are to be sent. Not safe for more than one thread. */
public interface Traffic extends Iterator<TrafficEvent>, AutoCloseable {
    @Override
    void close();
}
