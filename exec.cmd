@rem Lets `npm start` say "exec", which replaces the shell elsewhere, so that signals sent to npm reach the server.
@%*
