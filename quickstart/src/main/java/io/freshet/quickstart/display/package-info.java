/** What a run shows in the terminal while it runs. Start at {@code ProgressDisplay}. */
package io.freshet.quickstart.display;
