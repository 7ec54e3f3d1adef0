"""
Marks this sandbox as a machine of a task's own, by running before all other modules: commands run as the user of this process, root
included, and nothing is laid into it but what the host asks for.
"""
