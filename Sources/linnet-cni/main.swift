import PodNetwork

// The program that container runtimes call for each pod. Its main is synchronous, since it is to start quickly.
PluginProgram.run()
