from redway.config.cli import main

main()
