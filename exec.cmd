@rem npm scripts begin with "exec", so that a signal sent to npm reaches the station itself. Windows has no exec and needs none.
@%*
