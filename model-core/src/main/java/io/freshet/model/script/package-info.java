/**
 * Programs as TorchScript. Start at {@link io.freshet.model.script.RankerScript}, which writes the source, then
 * {@link io.freshet.model.script.ScriptArchive}, which packs it into a file that Python, C++ and Triton open too.
 */
package io.freshet.model.script;
