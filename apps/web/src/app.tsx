export const App = () => <main>Sessions</main>;
