/**
 * The command line. Start at {@code Freshet}; {@code Loop} puts broker, cluster, server and traffic together and takes
 * them apart again.
 */
package io.freshet.quickstart.command;
